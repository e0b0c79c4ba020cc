package clients;

/** What the SDK is asked to do; it fails by raising anything. */
interface Check {
  void run() throws Exception;

  /** Fails unless both are equal. */
  static void same(Object actual, Object expected) {
    if (!actual.equals(expected)) {
      throw new AssertionError("got " + actual + "\nwanted " + expected);
    }
  }
}
