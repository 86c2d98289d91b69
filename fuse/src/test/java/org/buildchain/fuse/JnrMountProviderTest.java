package org.buildchain.fuse;

/** The contract, by libfuse. */
class JnrMountProviderTest extends MountContract {
  @Override
  MountProvider provider() {
    return new JnrMountProvider();
  }
}
