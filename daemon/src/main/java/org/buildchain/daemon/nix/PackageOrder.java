package org.buildchain.daemon.nix;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.buildchain.daemon.evaluation.Package;

/**
 * The order in which {@code nix-env} lists packages: by name, whatever its case. Nix sorts by
 * {@code std::sort}, which leaves packages of one name in an order of its own, and scripts compare
 * listings: so this takes the same steps as the introsort of GNU's C++ library (Musser 1997; median
 * of three, insertion sort below 17 elements).
 */
final class PackageOrder {
  private static final int SMALL = 16;

  private final Package[] packages;
  private final String[] keys;

  private PackageOrder(List<Package> packages) {
    this.packages = packages.toArray(Package[]::new);
    this.keys = packages.stream().map(p -> folded(p.name())).toArray(String[]::new);
  }

  /** Sorts in place. */
  static void sort(List<Package> list) {
    PackageOrder order = new PackageOrder(list);
    int size = list.size();
    if (size > 1) {
      order.split(0, size, 2 * (31 - Integer.numberOfLeadingZeros(size)));
      order.insert(0, size);
    }
    Collections.copy(list, Arrays.asList(order.packages));
  }

  private static String folded(String octets) {
    StringBuilder out = new StringBuilder(octets.length());
    for (int i = 0; i < octets.length(); i++) {
      char c = octets.charAt(i);
      out.append(c >= 'a' && c <= 'z' ? (char) (c - ('a' - 'A')) : c);
    }
    return out.toString();
  }

  private boolean less(int a, int b) {
    return keys[a].compareTo(keys[b]) < 0;
  }

  private void swap(int a, int b) {
    Package p = packages[a];
    packages[a] = packages[b];
    packages[b] = p;
    String k = keys[a];
    keys[a] = keys[b];
    keys[b] = k;
  }

  /** Leaves runs of at most {@link #SMALL}, each before the next. */
  private void split(int from, int to, int depth) {
    int end = to;
    for (int left = depth; end - from > SMALL; left--) {
      if (left == 0) {
        // An input against which the medians fail. None of one order is known to be met.
        plainSort(from, end);
        return;
      }
      int cut = partition(from, end);
      split(cut, end, left - 1);
      end = cut;
    }
  }

  private void plainSort(int from, int to) {
    Arrays.sort(packages, from, to, Comparator.comparing(p -> folded(p.name())));
    Arrays.sort(keys, from, to);
  }

  private int partition(int from, int to) {
    swap(from, median(from + 1, from + (to - from) / 2, to - 1));
    int low = from + 1;
    int high = to;
    while (true) {
      while (less(low, from)) {
        low++;
      }
      high--;
      while (less(from, high)) {
        high--;
      }
      if (low >= high) {
        return low;
      }
      swap(low, high);
      low++;
    }
  }

  private int median(int a, int b, int c) {
    if (less(a, b)) {
      if (less(b, c)) {
        return b;
      }
      return less(a, c) ? c : a;
    }
    if (less(a, c)) {
      return a;
    }
    return less(b, c) ? c : b;
  }

  private void insert(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      for (int j = i; j > from && less(j, j - 1); j--) {
        swap(j, j - 1);
      }
    }
  }
}
