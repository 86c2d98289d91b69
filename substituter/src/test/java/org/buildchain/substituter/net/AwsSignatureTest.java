package org.buildchain.substituter.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.junit.jupiter.api.Test;

class AwsSignatureTest {
  /** The credentials and the time of the examples of the Amazon S3 API reference. */
  private static final AwsCredentials WHO =
      new AwsCredentials(
          "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Optional.empty());

  private static final Instant TIME = Instant.parse("2013-05-24T00:00:00Z");

  private static String signature(String uri, Map<String, String> headers) {
    return signature("GET", uri, headers, Login.NO_BODY);
  }

  private static String signature(
      String method, String uri, Map<String, String> headers, Hash body) {
    String header =
        AwsSignature.sign(method, URI.create(uri), headers, body, WHO, "us-east-1", TIME)
            .get("Authorization");
    assertTrue(
        header.startsWith(
            "AWS4-HMAC-SHA256"
                + " Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"),
        header);
    return header.substring(header.indexOf("Signature=") + 10);
  }

  /** "Signature Calculations for the Authorization Header", its examples. */
  @Test
  void examplesOfTheReference() {
    assertEquals(
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        signature("https://examplebucket.s3.amazonaws.com/test.txt", Map.of("range", "bytes=0-9")));
    assertEquals(
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        signature("https://examplebucket.s3.amazonaws.com/?lifecycle", Map.of()));
    assertEquals(
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        signature("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", Map.of()));
  }

  @Test
  void exampleOfTheReferenceWithABody() {
    assertEquals(
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        signature(
            "PUT",
            "https://examplebucket.s3.amazonaws.com/test%24file.text",
            Map.of(
                "date",
                "Fri, 24 May 2013 00:00:00 GMT",
                "x-amz-storage-class",
                "REDUCED_REDUNDANCY"),
            Hash.of(
                HashAlgorithm.SHA256,
                "Welcome to Amazon S3.".getBytes(StandardCharsets.US_ASCII))));
  }

  @Test
  void credentials() {
    String file =
        """
        [default]
        aws_access_key_id = a
        aws_secret_access_key=b
        # aws_session_token = no
        [other]
        aws_access_key_id = c
        aws_secret_access_key = d
        aws_session_token = e
        """;
    assertEquals(
        Optional.of(new AwsCredentials("a", "b", Optional.empty())),
        AwsCredentials.fromFile(file, "default"));
    assertEquals(
        Optional.of(new AwsCredentials("c", "d", Optional.of("e"))),
        AwsCredentials.fromFile(file, "other"));
    assertEquals(Optional.empty(), AwsCredentials.fromFile(file, "third"));
    assertEquals(
        Optional.empty(), AwsCredentials.fromEnvironment(Map.of("AWS_ACCESS_KEY_ID", "x")));
    assertFalse(WHO.toString().contains(WHO.secret()));
  }
}
