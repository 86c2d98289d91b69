package org.buildchain.daemon.nix.env;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.buildchain.daemon.evaluation.Package;

/**
 * The order in which {@code nix-env} lists packages: by name, whatever its case. Nix sorts by
 * {@code std::sort}, which leaves packages of one name in an order of its own, and scripts compare
 * listings: so this takes the same steps as the introsort of GNU's C++ library (Musser 1997; median
 * of three, insertion sort below 17 elements, heap sort where it nests too deeply).
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
        // The medians have failed too often, as they do for the Python packages of 2016.
        heapSort(from, end - from);
        return;
      }
      int cut = partition(from, end);
      split(cut, end, left - 1);
      end = cut;
    }
  }

  /** By a heap of {@code size} elements whose largest stands first (Williams 1964). */
  private void heapSort(int first, int size) {
    for (int i = size / 2 - 1; i >= 0; i--) {
      sift(first, i, size, packages[first + i], keys[first + i]);
    }
    for (int last = size - 1; last > 0; last--) {
      Package p = packages[first + last];
      String k = keys[first + last];
      move(first, first + last);
      sift(first, 0, last, p, k);
    }
  }

  /**
   * Lets an element sink into a heap from {@code top}: the hole goes all the way down along the
   * larger children, and the element rises from there (Floyd's way).
   */
  private void sift(int first, int top, int size, Package p, String key) {
    int hole = top;
    while (2 * hole + 2 < size) {
      int child = 2 * hole + 2;
      if (less(first + child, first + child - 1)) {
        child--;
      }
      move(first + child, first + hole);
      hole = child;
    }
    if (2 * hole + 2 == size) {
      move(first + size - 1, first + hole);
      hole = size - 1;
    }
    while (hole > top && keys[first + (hole - 1) / 2].compareTo(key) < 0) {
      move(first + (hole - 1) / 2, first + hole);
      hole = (hole - 1) / 2;
    }
    packages[first + hole] = p;
    keys[first + hole] = key;
  }

  private void move(int from, int to) {
    packages[to] = packages[from];
    keys[to] = keys[from];
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
