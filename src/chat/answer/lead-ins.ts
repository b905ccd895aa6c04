/** Lines that say nothing alone. */
export interface LeadIn {
  /** `guessed-heading` has no mark of its own: it is one only if something stands under it. */
  readonly kind: 'heading' | 'guessed-heading' | 'mail-head' | 'greeting';
  /** Characters of the block it takes, from the block's start. */
  readonly length: number;
  readonly words: string;
}

/** A heading is seldom longer, a sentence without a full stop often is. */
const LONGEST_HEADING = 80;

const MARKED = /^(?:#{1,6}[ \t]+(.+)|(\*\*|__)([^*_\n]+)\2:?|([^\n]+)\n(?:={3,}|-{3,}))[ \t]*(?:\n|$)/u;
const BULLET = /^\s*[-*•>|]/u;
const ENDS = /[.!?…;,。！？]["'”»)\]]*$/u;

/** The names of a mail's head in our languages; two of them in a row make one. */
const MAIL_HEAD =
  /^(?:>?[ \t]*(?:From|To|Cc|Bcc|Sent|Date|Subject|Reply-To|Da|A|Inviato|Data|Oggetto|От|Кому|Копия|Дата|Тема|Dari|Kepada|Tanggal|Perihal):[^\n]*(?:\n|$)){2,}/u;
const QUOTED_MAIL = /^(?:On|Il|Pada) [^\n]{5,120}(?:wrote|ha scritto|menulis):[ \t]*(?:\n|$)/u;

const GREETINGS = [
  'dear|hi|hello|hey|good (?:morning|afternoon|evening)',
  'ciao|car[oaie]|gentil[ei]|egregi[oa]|buongiorno|buonasera|salve',
  'halo|hai|yth|kepada yth|selamat (?:pagi|siang|sore|malam)',
  'привет|здравствуй(?:те)?|уважаем(?:ый|ая|ые)|дорог(?:ой|ая|ие)|добр(?:ый|ое) (?:день|вечер|утро)',
];
const FAREWELLS = [
  '(?:with )?(?:kind|best|warm) (?:regards|wishes)|(?:yours )?sincerely|yours|regards|cheers|best|love',
  '(?:cordiali|distinti) saluti|saluti|un (?:caro saluto|abbraccio)|a presto',
  'hormat (?:kami|saya)|salam(?: hangat)?',
  'с уважением|обнимаю|всего (?:доброго|хорошего)|целую|ваш[а]?',
];
/** A greeting with at most three names, nothing else. */
const GREETING = new RegExp(String.raw`^(?:${GREETINGS.join('|')})\.?(?: [\p{L}.'’-]+){0,3}[,!.:]*$`, 'iu');
/** A farewell on a line, then perhaps a name on each of two more. */
const FAREWELL = new RegExp(String.raw`^(?:${FAREWELLS.join('|')})[,!.]*(?:\n[^\n]{1,40}){0,2}$`, 'iu');

function headingOf(block: string, written: boolean): LeadIn | undefined {
  const marked = MARKED.exec(block);
  if (marked) {
    const words = marked[1] ?? marked[3] ?? marked[4] ?? '';
    return { kind: 'heading', length: marked[0].length, words };
  }
  const line = block.trimEnd();
  const short = line.length <= LONGEST_HEADING && !line.includes('\n');
  if (!written || !short || BULLET.test(line) || line.includes(' | ') || ENDS.test(line)) return undefined;
  return { kind: 'guessed-heading', length: block.length, words: line };
}

/**
 * What leads in a block (lines without an empty one between them): its heading, the head of a mail, or a greeting or
 * farewell that is all of it. `written` is true for documents.
 */
export function leadIn(block: string, written: boolean): LeadIn | undefined {
  const mail = MAIL_HEAD.exec(block) ?? QUOTED_MAIL.exec(block);
  if (mail) return { kind: 'mail-head', length: mail[0].length, words: mail[0] };
  const text = block.trim();
  if (GREETING.test(text) || FAREWELL.test(text))
    return { kind: 'greeting', length: block.length, words: '' };
  return headingOf(block, written);
}
