import { expect, test } from 'vitest';
import { makeZip } from '../../../../test/fixtures/documents/zip-writer.ts';
import { OFFICE_TYPES } from '../formats.ts';
import { readDocument } from '../read-document.ts';
import { DEFAULT_READ_LIMITS } from '../read-limits.ts';

const request = { contentType: OFFICE_TYPES.pptx, filename: 'talk.pptx', limits: DEFAULT_READ_LIMITS };

/** A presentation of slides that have a text box and no title. */
function untitledSlides(texts: readonly string[]): Uint8Array {
  const ids = texts.map((_, i) => `<p:sldId r:id="r${i}"/>`).join('');
  const relations = texts.map(
    (_, i) => `<Relationship Id="r${i}" Target="slides/s${i}.xml" Type="x/slide"/>`,
  );
  return makeZip([
    { name: 'ppt/presentation.xml', content: `<p:presentation>${ids}</p:presentation>` },
    {
      name: 'ppt/_rels/presentation.xml.rels',
      content: `<Relationships>${relations.join('')}</Relationships>`,
    },
    ...texts.map((text, i) => ({
      name: `ppt/slides/s${i}.xml`,
      content: `<p:sld><p:sp><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:sp></p:sld>`,
    })),
  ]);
}

test('slides without a title are named by their number', async () => {
  const { pages } = await readDocument(untitledSlides(['One text.', 'Other text.']), request);
  expect(pages).toMatchObject([
    { number: 1, label: 'Slide 1' },
    { number: 2, label: 'Slide 2' },
  ]);
});
