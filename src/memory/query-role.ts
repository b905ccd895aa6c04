/** Whose messages a question is about in an assistant chat. */
export type AskedRole = 'user' | 'assistant' | 'both';

const SAYING = {
  en: '(?:recommend|suggest|advise?|propose?|explain|tell|told|sa(?:y|id)|mention|describe?|help|g[ia]ve|provide?|list|show|teach|taught|offer|outline|answer|write|wrote)',
  ru: '(?:совет|порекоменд|рекоменд|предл|объясн|сказал|говорил|упомин|упомян|описыв|описал|помог|ответ|написал|показ|рассказ)',
  id: '(?:sarankan|menyarankan|rekomendasikan|merekomendasikan|katakan|bilang|jelaskan|menjelaskan|sebutkan|ceritakan|tawarkan|usulkan|jawab|berikan|beri)',
  it: '(?:consigliat|suggerit|raccomandat|detto|spiegat|propost|menzionat|descritt|aiutat|rispost|dato|scritto|elencat)',
} as const;

/**
 * "You", then saying, in the past: English, Russian, Indonesian, Italian. JavaScript's word borders know only ASCII, so
 * other alphabets look around for letters.
 */
const ABOUT_ASSISTANT = [
  new RegExp(String.raw`\b(?:did|had|have|were)\s+you\s+(?:\w+\s+)?${SAYING.en}`, 'iu'),
  new RegExp(
    String.raw`\byou(?:'ve|\s+have|\s+had)?\s+(?:(?:just|also|once|previously|already)\s+)?${SAYING.en}(?:ed|d)\b`,
    'iu',
  ),
  /\byou(?:'ve|\s+have|\s+had)?\s+(?:told|said|gave|given|taught|wrote|written)\b/iu,
  /\byour\s+(?:\w+\s+)?(?:advice|suggestion|recommendation|answer|explanation|repl(?:y|ies)|tips?|proposal)/iu,
  new RegExp(
    String.raw`(?<!\p{L})(?:ты|вы)\s+(?:\p{L}+\s+)?(?:\p{L}{0,3})${SAYING.ru}\p{L}*(?<=л|ла|ли)(?!\p{L})`,
    'iu',
  ),
  /(?<!\p{L})(?:тво|ваш)\p{L}*\s+(?:совет|рекомендац|предложени|ответ|объяснени)/iu,
  new RegExp(String.raw`\b(?:kamu|anda)\s+(?:\w+\s+)?${SAYING.id}\b`, 'iu'),
  /\b(?:saran|rekomendasi|jawaban|penjelasan)(?:mu|\s+(?:kamu|anda))\b/iu,
  new RegExp(String.raw`\b(?:hai|avevi|ha)\s+(?:\w+\s+)?${SAYING.it}[oaie]?\b`, 'iu'),
  /\b(?:tuo|tuoi|tua|tue)\s+(?:consigli|suggeriment|rispost|spiegazion|propost)/iu,
];

/** A look back over the whole conversation is answered by both sides. */
const LOOKS_BACK =
  /\b(?:summar(?:y|i[sz]e)|recap|overview|rangkum|ringkas|ikhtisar|riassum|riassunt|riepilog|sintesi|panoramica)|\b(?:everything|all) (?:that )?(?:we|you and i)\b|резюм|подыто|подведи итог|обзор|сводк|краткое содержание/iu;

/** Whose messages answer the question: the person's own, unless it asks what the assistant said or looks back on all. */
export function askedRole(question: string): AskedRole {
  if (LOOKS_BACK.test(question)) return 'both';
  return ABOUT_ASSISTANT.some((pattern) => pattern.test(question)) ? 'assistant' : 'user';
}
