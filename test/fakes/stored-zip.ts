import { crc32 } from 'node:zlib';

const u16 = (value: number) => [value & 0xff, (value >> 8) & 0xff];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];

/** A zip of uncompressed texts by name, as the PKWARE note (sections 4.3.7, 4.3.12, 4.3.16) lays it out. */
export function storedZip(files: Readonly<Record<string, string>>): Uint8Array {
  const locals: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const nameBytes = new TextEncoder().encode(name);
    const content = new TextEncoder().encode(text);
    const size = u32(content.length);
    const shared = [
      ...u16(20),
      ...u16(0x800),
      ...u16(0),
      ...u32(0),
      ...u32(crc32(content)),
      ...size,
      ...size,
    ];
    const lengths = [...u16(nameBytes.length), ...u16(0)];
    const local = Uint8Array.from([...u32(0x04034b50), ...shared, ...lengths, ...nameBytes, ...content]);
    const attributes = [...u16(0), ...u16(0), ...u16(0), ...u32(0)];
    const entry = [...u32(0x02014b50), ...u16(20), ...shared, ...lengths, ...attributes, ...u32(offset)];
    locals.push(local);
    central.push(Uint8Array.from([...entry, ...nameBytes]));
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const count = u16(central.length);
  const end = [...u32(0x06054b50), ...u16(0), ...u16(0), ...count, ...count, ...u32(directory.length)];
  return Buffer.concat([...locals, directory, Uint8Array.from([...end, ...u32(offset), ...u16(0)])]);
}
