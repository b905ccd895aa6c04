/** Words of the command line that can be options: everything before a bare `--`. */
export function optionWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

/** The value of `<name> <value>` or `<name>=<value>`, wherever it stands; the last one wins, undefined if there is none. */
function valueOf(name: string, argv: readonly string[]): string | undefined {
  let value: string | undefined;
  const words = optionWords(argv);
  words.forEach((word, i) => {
    if (word === name) value = words[i + 1] ?? value;
    else if (word.startsWith(`${name}=`)) value = word.slice(name.length + 1);
  });
  return value === '' ? undefined : value;
}

/** The folder named by `--data`. Read before anything is opened, since the host is made for one folder. */
export function dataFolderFrom(argv: readonly string[]): string | undefined {
  return valueOf('--data', argv);
}

/** The space named by `--space`, by its name or id; without it, the first one serves. */
export function spaceFrom(argv: readonly string[]): string | undefined {
  return valueOf('--space', argv);
}
