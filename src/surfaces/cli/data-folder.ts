/** Words of the command line that can be options: everything before a bare `--`. */
export function optionWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

/**
 * The folder named by `--data <folder>` or `--data=<folder>`, wherever it stands; the last one wins, undefined if there
 * is none. Read before anything is opened, since the host is made for one folder.
 */
export function dataFolderFrom(argv: readonly string[]): string | undefined {
  let folder: string | undefined;
  const words = optionWords(argv);
  words.forEach((word, i) => {
    if (word === '--data') folder = words[i + 1] ?? folder;
    else if (word.startsWith('--data=')) folder = word.slice('--data='.length);
  });
  return folder === '' ? undefined : folder;
}
