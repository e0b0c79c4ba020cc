"use strict";
(() => {
  const PAGE = 100;
  const list = document.getElementById("rows");
  if (!list) return;
  const { sets, kinds, rows } = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const [search, set, reason, expand, previous, next] = ["search", "set", "reason", "expand", "previous", "next"].map(at);
  const boxes = [...document.querySelectorAll("input[name=kind]")];
  const number = new Intl.NumberFormat("en");
  let found = rows;
  let page = 0;
  let texts = null;

  const make = (tag, name, ...children) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    made.append(...children);
    return made;
  };
  const code = (text) => make("code", "", text);
  const unseen = (text) => make("span", "unseen", text);

  const textOf = (row) => {
    const [, , key, from, , place, , id, , fields, remarks] = row;
    return [key, from, place, id, ...fields.flat(), ...remarks].join("\n").toLowerCase();
  };

  const select = () => {
    const shown = new Set(boxes.filter((box) => box.checked).map((box) => kinds.findIndex(([name]) => name === box.value)));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) texts ??= rows.map(textOf);
    found = rows.filter((row, place) =>
      shown.has(row[1]) &&
      (!set || set.value === "" || row[0] === Number(set.value)) &&
      (!reason.value || row[4] === reason.value) &&
      words.every((word) => texts[place].includes(word)));
    page = 0;
    show();
  };

  const named = (key, from) =>
    from ? [code(from), make("span", "arrow", " → "), unseen("becomes "), code(key)] : [code(key)];

  const cell = (text) => make("td", text === null ? "nothing" : "", text === null ? "—" : code(text));

  const fieldTable = (fields) => {
    const head = make("tr", "", ...["Field", "Before", "After"].map((text) => {
      const made = make("th", "", text);
      made.scope = "col";
      return made;
    }));
    const body = fields.map(([name, before, after]) => {
      const made = make("th", "", name);
      made.scope = "row";
      return make("tr", "", made, cell(before), cell(after));
    });
    return make("table", "fields", make("thead", "", head), make("tbody", "", ...body));
  };

  const facts = (pairs) =>
    make("dl", "facts", ...pairs.filter(([, text]) => text).map(([name, text]) =>
      make("div", "", make("dt", "", name), make("dd", "", text))));

  const item = ([group, kind, key, from, why, place, cost, id, origin, fields, remarks]) => {
    const [name, sign] = kinds[kind];
    const mark = make("span", "sign", sign);
    mark.setAttribute("aria-hidden", "true");
    const summary = make("summary", "",
      make("span", `badge ${name}`, mark, ` ${name}`),
      make("span", "name", ...named(key, from), ...remarks.map((text) => make("span", "remark", text))),
      make("span", "touched", fields.map(([field]) => field).join(", ")),
      make("span", "why", why, ...(place ? [" · ", code(place)] : [])));
    const details = make("details", "", summary, make("div", "inside",
      ...(fields.length ? [fieldTable(fields)] : []),
      facts([["Set", sets[group]], ["Reason", why], ["Declared in", place], ["Id", id], ["Origin", origin], ["Cost", cost]])));
    details.open = expand.getAttribute("aria-pressed") === "true";
    return make("li", name, details);
  };

  const show = () => {
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    const first = page * PAGE;
    const shown = found.slice(first, first + PAGE);
    list.replaceChildren(...shown.map(item));
    const range = found.length > PAGE ? `, ${number.format(first + 1)} to ${number.format(first + shown.length)} shown` : "";
    at("count").textContent = found.length
      ? `${number.format(found.length)} of ${number.format(rows.length)} changes${range}`
      : "No change is like that.";
    at("page").textContent = `Page ${number.format(page + 1)} of ${number.format(pages)}`;
    at("pages").hidden = pages === 1;
    previous.disabled = page === 0;
    next.disabled = page === pages - 1;
  };

  const turn = (by) => {
    page += by;
    show();
    at("changes").focus();
  };

  search.addEventListener("input", select);
  for (const chosen of [set, reason, ...boxes]) chosen?.addEventListener("change", select);
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  expand.addEventListener("click", () => {
    const open = expand.getAttribute("aria-pressed") !== "true";
    expand.setAttribute("aria-pressed", String(open));
    show();
  });
  at("filters").hidden = false;
  at("bar").hidden = false;
  select();
})();
