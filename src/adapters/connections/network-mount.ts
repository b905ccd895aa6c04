/** Types of file systems whose locks and syncs do not hold what a database needs (https://sqlite.org/useovernet.html). */
const NETWORK_TYPES = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  'smbfs',
  'ncpfs',
  'afs',
  'davfs',
  'fuse.sshfs',
  'fuse.rclone',
  'fuse.s3fs',
  'fuse.gcsfuse',
  'fuse.goofys',
  'fuse.curlftpfs',
  'fuse.davfs',
  'fuse.smbnetfs',
]);

/**
 * The type of network file system that holds `path` (absolute, without links), or `undefined` when it is none that is
 * known. `mountinfo` is the text of `/proc/self/mountinfo` (proc(5)).
 */
export function networkMount(mountinfo: string, path: string): string | undefined {
  let longest = '';
  let type = '';
  for (const line of mountinfo.split('\n')) {
    const [fields = '', source = ''] = line.split(' - ');
    const point = unescaped(fields.split(' ')[4] ?? '');
    if (point === '' || !isWithin(path, point) || point.length < longest.length) continue;
    longest = point;
    type = source.split(' ')[0] ?? '';
  }
  return NETWORK_TYPES.has(type) ? type : undefined;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Blanks and backslashes are written as three octal digits. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 8)),
  );
}
