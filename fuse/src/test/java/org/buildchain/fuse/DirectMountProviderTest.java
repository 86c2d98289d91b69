package org.buildchain.fuse;

/** The contract, by the kernel's protocol. */
class DirectMountProviderTest extends MountContract {
  @Override
  MountProvider provider() {
    return new DirectMountProvider();
  }
}
