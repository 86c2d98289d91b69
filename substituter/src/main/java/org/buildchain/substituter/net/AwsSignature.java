package org.buildchain.substituter.net;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/**
 * Signs requests for S3 servers. Source: "Authenticating Requests (AWS Signature Version 4)" of the
 * Amazon S3 API reference.
 */
public final class AwsSignature {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final HexFormat HEX = HexFormat.of();

  private AwsSignature() {}

  /**
   * The headers that a request needs.
   *
   * @param headers that are signed besides {@code Host}, by their names in small letters
   * @param body the SHA-256 of the request's body
   * @return those, without {@code Host}, and the signature
   */
  public static Map<String, String> sign(
      String method,
      URI uri,
      Map<String, String> headers,
      Hash body,
      AwsCredentials who,
      String region,
      Instant now) {
    String time = TIME.format(now);
    String digest = HEX.formatHex(body.bytes());
    String scope = time.substring(0, 8) + "/" + region + "/s3/aws4_request";
    SortedMap<String, String> signed = new TreeMap<>(headers);
    signed.put("host", host(uri));
    signed.put("x-amz-content-sha256", digest);
    signed.put("x-amz-date", time);
    who.session().ifPresent(s -> signed.put("x-amz-security-token", s));
    String names = String.join(";", signed.keySet());
    StringBuilder request = new StringBuilder();
    request.append(method).append('\n').append(path(uri)).append('\n').append(query(uri));
    request.append('\n');
    signed.forEach((n, v) -> request.append(n).append(':').append(v.strip()).append('\n'));
    request.append('\n').append(names).append('\n').append(digest);
    String text = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + hash(request.toString());
    byte[] key = ("AWS4" + who.secret()).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/")) {
      key = hmac(key, part);
    }
    signed.put(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential="
            + who.id()
            + "/"
            + scope
            + ",SignedHeaders="
            + names
            + ",Signature="
            + HEX.formatHex(hmac(key, text)));
    signed.remove("host");
    return signed;
  }

  /**
   * A path as signatures spell it. Who asks for one must spell it so, too: some servers take what
   * was asked for as it stands.
   */
  public static String spelled(String path) {
    return encode(path, true);
  }

  private static String host(URI uri) {
    int usual = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    boolean named = uri.getPort() >= 0 && uri.getPort() != usual;
    return named ? uri.getHost() + ":" + uri.getPort() : uri.getHost();
  }

  private static String path(URI uri) {
    String path = uri.getPath() == null || uri.getPath().isEmpty() ? "/" : uri.getPath();
    return spelled(path);
  }

  private static String query(URI uri) {
    if (uri.getRawQuery() == null) {
      return "";
    }
    List<String> parameters = new ArrayList<>();
    for (String one : uri.getRawQuery().split("&")) {
      int equals = one.indexOf('=');
      String name = equals < 0 ? one : one.substring(0, equals);
      String value = equals < 0 ? "" : one.substring(equals + 1);
      parameters.add(encode(decode(name), false) + "=" + encode(decode(value), false));
    }
    return parameters.stream().sorted().collect(Collectors.joining("&"));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String encode(String text, boolean slashes) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~".indexOf(c) >= 0
              || (slashes && c == '/');
      if (plain) {
        out.append(c);
      } else {
        out.append('%').append(HEX.withUpperCase().toHexDigits((byte) c));
      }
    }
    return out.toString();
  }

  private static String hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HEX.formatHex(HashAlgorithm.SHA256.newDigest().digest(bytes));
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
