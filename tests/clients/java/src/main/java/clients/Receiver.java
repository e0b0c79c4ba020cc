package clients;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a webhook's owner runs: it takes events, and keeps them as they came. */
final class Receiver implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 15;

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final HttpServer server;

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/events", this::take);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/events";
  }

  /** Returns the events once so many have come. */
  List<Event> take(int count) throws InterruptedException {
    List<Event> taken = new ArrayList<>();
    while (taken.size() < count) {
      Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("only " + taken.size() + " of " + count + " events came");
      }
      taken.add(event);
    }
    return taken;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    events.add(new Event(headers, body));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  /** An event as it came. */
  static final class Event {
    final Map<String, String> headers;
    final String body;

    Event(Map<String, String> headers, String body) {
      this.headers = headers;
      this.body = body;
    }
  }
}
