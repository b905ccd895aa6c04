/** Borders of words in any alphabet; JavaScript's own know only ASCII. */
const word = (words: string) => String.raw`(?<![\p{L}\p{N}])(?:${words})(?![\p{L}\p{N}])`;

const ASKS = /[?？؟](?=\s|$|["'”»)\]*_!?.])/u;

const QUESTION_WORDS = [
  "who|whom|whose|what|which|when|where|why|how|what[’']s|who[’']s|where[’']s|when[’']s|how[’']s",
  'кто|кого|кому|кем|что|чего|чему|чем|где|куда|откуда|когда|почему|зачем|как|как(?:ой|ая|ое|ие|ого|их|ую|им|ими|ом|ова|овы|ово|ов)|скольк(?:о|их|им)|че(?:й|му|го|м)|чь(?:я|ё|и|ей|их|им)',
  '(?:apa|siapa|kapan|berapa|mana|bagaimana|dimana|kemana)(?:kah)?|(?:di|ke|dari) mana(?:kah)?|mengapa|kenapa|bilamana',
  "chi|(?:che )?cosa|cos[’']è|che|dove|dov[’']è|com[’']è|come|quando|perché|qual[ei]?|quant[oaie]",
].join('|');

/** Before a question word: `in what year`, `у какого`, `sejak berapa`, `di chi`. */
const PREPOSITIONS = [
  'in|on|at|to|into|for|by|with|from|of|under|during|since|about|after|before',
  'у|в|во|на|за|с|со|из|от|до|по|о|об|к|для|при|под|через|после|про',
  'pada|sejak|mulai|hingga|sampai|untuk|oleh|dengan|dalam|atas|tentang',
  'in|di|da|a|con|per|su|tra|fra',
].join('|');

/** After a question word they tell: `when I was in Rome, …`, `когда я был …`, `what a day`. */
const TELLS_ON = [
  'i|you|he|she|it|we|they|the|my|our|your|his|her|their|an?|about|if|is why|nice|lovely|great',
  'я|ты|он|она|оно|мы|вы|они|же|и|бы|только|всегда|обычно|раз',
  'pun|saja|lagi',
  'sempre|al solito|stavo|stavamo|sono|ero|eravamo|ho|abbiamo|bello|bella|si dice|piove',
].join('|');

const AUXILIARY = 'do|does|did|is|are|am|was|were|can|could|will|would|should|shall|has|have|had|may';
const SUBJECT = 'i|you|he|she|it|we|they|there|this|that|these|those|any|anyone|anybody|everyone';
const ASKED_OF = 'the|my|our|your|his|her|their|an?';
/** `Did Hansen come`: here capitals count. */
const ASKED_OF_NAME =
  /^(?:[Dd](?:o|oes|id)|[Ii]s|[Aa]re|[Ww](?:as|ere)|(?:[CcWw]|[Ss]h)ould|[Cc]an|[Hh]a(?:s|ve|d))(?:n['’]t)? \p{Lu}\p{L}+/u;

const COMMANDS = [
  'tell|show|list|find|search|look (?:up|for|through)|give|explain|describe|summari[sz]e|compare|count|name|recall|quote|translate|recommend|suggest|help|remind me (?:what|who|when|where|how|why|which|of|about)',
  '(?:расскажи|покажи|найди|поищи|скажи|подскажи|перечисли|объясни|опиши|назови|напомни|сравни|посчитай|перескажи|дай)(?:те)?',
  'cari|carikan|ceritakan|sebutkan|tunjukkan|tampilkan|perlihatkan|jelaskan|terangkan|beri ?tahu|beritahukan|kasih tahu|rangkum|rangkumkan|ringkas|ringkaskan|bandingkan|hitung|temukan|uraikan|berikan|ingatkan (?:saya|aku) (?:apa|siapa|kapan|di mana|tentang|berapa)',
  'dimmi|ditemi|mostra(?:mi)?|elenca(?:mi)?|trova(?:mi)?|cerca(?:mi)?|racconta(?:mi)?|spiega(?:mi)?|descrivi(?:mi)?|riassumi(?:mi)?|confronta|conta|indica(?:mi)?|parlami|dammi|fammi (?:vedere|sapere)|ricordami (?:che cosa|cosa|chi|quando|dove|come|quale|quanto)',
].join('|');
/** No command, but a word of the same look: `Show was great`. */
const NOT_COMMAND = 'is|was|are|were|s';

const POLITE =
  '(?:please|can you|could you|and|so|then|well|пожалуйста|а|и|ну|tolong|mohon|coba|dan|lalu|jadi|per favore|e|ma|allora)[,]? ';

const WONDERS =
  /(?<!\p{L})(?:i (?:wonder|want to know|would like to know|['’]d like to know)|i['’]d like to know|do(?:n['’]t| not) (?:remember|recall) (?:who|what|when|where|how|why|which)|(?:ingin|mau) tahu|vorrei sapere|mi chiedo|хочу (?:знать|узнать)|хотел(?:а|ось)? бы (?:знать|узнать)|интересно,)/iu;

const BEGINS_WITH_QUESTION = new RegExp(
  String.raw`^(?:${POLITE})*(?:(?:${PREPOSITIONS})\s+)?${word(QUESTION_WORDS)}(?!-)(.*)$`,
  'iu',
);
const TELLS_AFTER = new RegExp(String.raw`^\s+${word(TELLS_ON)}`, 'iu');
const INVERTED = new RegExp(
  String.raw`^(?:${POLITE})*(?:${word(AUXILIARY)}(?:n['’]t)? ${word(SUBJECT)}|${word('do|does|did|is|are|was|were')}(?:n['’]t)? ${word(ASKED_OF)})`,
  'iu',
);
const COMMANDED = new RegExp(
  String.raw`^(?:${POLITE})*${word(COMMANDS)}(?!['’]?\s*${word(NOT_COMMAND)})`,
  'iu',
);
/** Indonesian asks at the end, too (`paspor saya di mana`), and with `-kah` anywhere (`pada tahun berapakah …`). */
const INDONESIAN = new RegExp(
  [
    String.raw`${word('(?:apa|siapa|kapan|berapa|bagaimana)|(?:di|ke|dari) ?mana')}[.!]*$`,
    word('(?:apa|siapa|kapan|berapa|bagaimana|mana|dimana|kemana)kah'),
    String.raw`^(?:${word('pada|sejak|mulai|hingga|sampai|dari|di')} )?\p{L}+ ${word('berapa')}`,
  ].join('|'),
  'iu',
);

/** Told, although it begins like a question: with a full stop or a further clause. */
function tellsOn(rest: string): boolean {
  return TELLS_AFTER.test(rest) && /[,.!;]/u.test(rest);
}

function sentenceAsks(sentence: string): boolean {
  const begun = BEGINS_WITH_QUESTION.exec(sentence);
  if (begun) return !tellsOn(begun[1] ?? '') && !sentence.endsWith('!');
  return [INVERTED, ASKED_OF_NAME, COMMANDED, INDONESIAN].some((pattern) => pattern.test(sentence));
}

/**
 * Whether a message asks for something: it has a question mark, begins a sentence with a question word or as a question
 * does, or tells to show or find something; in English, Russian, Indonesian or Italian, whichever it is in. What is in
 * doubt asks, since an answer to a statement does less harm than none to a question.
 */
export function asksSomething(message: string): boolean {
  if (ASKS.test(message) || WONDERS.test(message)) return true;
  return message
    .split(/(?<=[.!…])\s+|\n+/u)
    .map((sentence) => sentence.trim())
    .some((sentence) => sentenceAsks(sentence));
}
