#!/usr/bin/env bash
# Installs Sinch's official SDKs for Node and Java below .venv/clients, and runs each against the emulator. What this
# machine has no language for, or its registry no SDK, is told as not run; whatever else goes wrong is a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

into=$PWD/.venv/clients
java_sdk=com.sinch.sdk:sinch-sdk-java

not_run() {
  echo "clients: NOT RUN: the official $1 SDK, because $2"
}

has() {
  command -v "$1" >/dev/null
}

# Says whether a program is there in this major version or a newer one; what does not tell its version is older.
is_at_least() {
  local told
  has "$1" || return 1
  told=$("$1" --version 2>/dev/null) || return 1
  [[ $told =~ ([0-9]+) ]] && ((BASH_REMATCH[1] >= $2))
}

run_node() {
  if ! is_at_least node 18 || ! has npm; then
    not_run Node "Node 18 or newer and npm are not both on PATH."
    return
  fi
  local from=tests/clients/node to=$into/node
  # npm writes the second file when all is installed.
  if ! cmp -s $from/package-lock.json "$to/package-lock.json" || [ ! -e "$to/node_modules/.package-lock.json" ]; then
    echo "clients: installing the Node SDK"
    mkdir -p "$to"
    cp $from/package.json $from/package-lock.json $from/.npmrc "$to/"
    (cd "$to" && npm ci --silent)
  fi
  .venv/bin/python -m pytest -v tests/clients/test_node.py
}

run_java() {
  if ! is_at_least javac 11 || ! has mvn; then
    not_run Java "a JDK of version 11 or newer and Maven are not both on PATH."
    return
  fi
  local said
  if ! said=$(mvn -B -q -U -Dstyle.color=never -f tests/clients/java/pom.xml "-Dbuilt=$into/java" compile 2>&1); then
    if ! [[ $said =~ "Could not find artifact $java_sdk:" || $said =~ "$java_sdk:"[^\ ]*" was not found" ]]; then
      echo "$said" >&2
      return 1
    fi
    not_run Java "Maven's registry has no $java_sdk of the version in tests/clients/java/pom.xml."
    return
  fi
  .venv/bin/python -m pytest -v tests/clients/test_java.py
}

run_node
run_java
