package org.buildchain.store.ipld;

import java.util.List;
import java.util.SortedMap;

/** The data model of dag-cbor, without floating-point numbers, which the store has no use for. */
public sealed interface Ipld {
  /** A whole number. */
  record Int(long value) implements Ipld {}

  /** Text. */
  record Text(String value) implements Ipld {}

  /** Bytes, not to be changed. */
  record Bytes(byte[] value) implements Ipld {}

  /** True or false. */
  record Bool(boolean value) implements Ipld {}

  /** Nothing. */
  record Null() implements Ipld {}

  /** A link to a block. */
  record Link(Cid value) implements Ipld {}

  /** A list. */
  record Array(List<Ipld> values) implements Ipld {}

  /** A map from texts. */
  record Map(SortedMap<String, Ipld> values) implements Ipld {}
}
