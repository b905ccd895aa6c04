import { describe, expect, it } from 'vitest';
import { networkMount } from './network-mount.ts';

const MOUNTS = `
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /mnt/nas rw,relatime shared:20 - nfs4 nas:/export rw,vers=4.2
31 30 254:1 / /mnt/nas/disk rw,relatime shared:21 - ext4 /dev/vdb rw
32 22 0:41 / /mnt/my\\040share rw shared:22 master:1 - cifs //nas/share rw
33 22 0:42 / /mnt/ssh rw - fuse.sshfs me@host:/ rw
34 22 0:43 / /mnt/ntfs rw - fuseblk /dev/sdb1 rw
`;

describe('network mount', () => {
  it.each([
    ['/mnt/nas/jiwa', 'nfs4'],
    ['/mnt/nas', 'nfs4'],
    ['/mnt/my share/data', 'cifs'],
    ['/mnt/ssh/data', 'fuse.sshfs'],
  ])('finds that %s lies on %s', (path, type) => {
    expect(networkMount(MOUNTS, path)).toBe(type);
  });

  it.each(['/home/me/.jiwa', '/mnt/nas2/x', '/mnt/nas/disk/x', '/mnt/ntfs/x'])('lets %s pass', (path) => {
    expect(networkMount(MOUNTS, path)).toBeUndefined();
  });

  it('takes the last of several mounts at one place', () => {
    const over = `${MOUNTS}40 30 0:50 / /mnt/nas rw - tmpfs tmpfs rw\n`;
    expect(networkMount(over, '/mnt/nas/x')).toBeUndefined();
  });
});
