import { describe, expect, it } from 'vitest';
import { claims } from './claims.ts';

/** What each marker `^` of a text stands behind. */
function claimed(text: string): string[] {
  const said = claims();
  return text.split('^').flatMap((part, index, all) => {
    said.add(part);
    return index === all.length - 1 ? [] : [said.atMarker().trim()];
  });
}

describe('a marker stands behind', () => {
  it.each([
    ['the sentence it is in', 'It rains. Ana moved to Bali^.', ['Ana moved to Bali']],
    ['the sentence that ended before it', 'It rains. Ana moved.^', ['Ana moved.']],
    [
      'the words since the marker before',
      'Ana likes tea^ and Bo coffee^.',
      ['Ana likes tea', 'and Bo coffee'],
    ],
    [
      'what the marker before stands behind, when it follows at once',
      'Ana moved.^^',
      ['Ana moved.', 'Ana moved.'],
    ],
    ['its own line of a list', '- tea from Ana^\n- coffee from Bo^', ['- tea from Ana', '- coffee from Bo']],
    ['nothing at the very beginning', '^ Ana', ['']],
  ])('%s', (_, text, expected) => {
    expect(claimed(text)).toEqual(expected);
  });

  it('its sentence in an answer of any length', () => {
    const said = claims();
    for (let i = 0; i < 500; i++) said.add(`Sentence ${i} is here. `);
    said.add('Ana moved to Bali');
    expect(said.atMarker()).toBe('Ana moved to Bali');
  });
});
