import { describe, expect, it } from 'vitest';
import { asksSomething } from './asks-something.ts';

describe('a message asks', () => {
  it.each([
    ['with a question mark', 'You know Hansen, right?'],
    ['with a question mark before the end', 'Is it open? I have to go there.'],
    ['with a question word (en)', 'who repaired the boiler'],
    ['with a question word after a sentence (en)', 'I met Ana. What was her dog called'],
    ['with a short form (en)', "what's the code of the gate"],
    ['with the verb before the subject (en)', 'did I pay the rent'],
    ['with the verb before a name (en)', 'Did Hansen repair the boiler'],
    ['with a question word (ru)', 'кто чинил котёл'],
    ['with a question word (id)', 'siapa yang memperbaiki ketel'],
    ['with a question word at its end (id)', 'paspor saya di mana'],
    ['with a question word and its ending (id)', 'Kapankah sewa berakhir'],
    ['with a question word (it)', 'chi ha riparato la caldaia'],
    ['with an apostrophe (it)', 'dov’è il passaporto'],
    ['with a preposition first (en)', 'in what year did the lease begin'],
    ['with a preposition first (ru)', 'У какого мастера мы чинили котёл'],
    ['with a preposition first (it)', 'da chi è stata riparata la caldaia'],
    ['of a person (en)', 'Would Ana like the boat'],
    ['with -kah within (id)', 'Pada tahun berapakah sewa itu dimulai'],
    ['by a command (en)', 'Tell me about the boat.'],
    ['by a polite command (en)', 'Please list the repairs of the boat.'],
    ['by a command (ru)', 'Расскажите про лодку.'],
    ['by a command (id)', 'Tolong carikan nomor polisi mobil itu.'],
    ['by a command to tell (id)', 'Ceritakan tentang perahu itu.'],
    ['by a command (it)', 'Dimmi della barca.'],
    ['by what it wants to know (en)', 'I would like to know the price of the boat.'],
    ['by what it wants to know (id)', 'Saya ingin tahu harga perahu itu.'],
    ['by what it wants to know (ru)', 'Хочу знать цену лодки.'],
    ['by what it wants to know (it)', 'Vorrei sapere il prezzo della barca.'],
  ])('%s', (_how, message) => {
    expect(asksSomething(message)).toBe(true);
  });
});

describe('a message asks nothing', () => {
  it.each([
    ['that tells (en)', 'I moved to Bandung last week.'],
    ['that tells (ru)', 'На прошлой неделе я переехал в Бандунг.'],
    ['that tells (id)', 'Minggu lalu saya pindah ke Bandung.'],
    ['that tells (it)', 'La settimana scorsa mi sono trasferita a Bandung.'],
    ['to be remembered (en)', 'Remember that I like the window seat.'],
    ['to be remembered (id)', 'Ingat, saya suka duduk dekat jendela.'],
    ['that begins with when (en)', 'When I was in Bandung, I met Ana.'],
    ['that begins with when (ru)', 'Когда я был в Бандунге, я встретил Ану.'],
    ['that begins with when (it)', 'Quando ero a Bandung, ho conosciuto Ana.'],
    ['that begins with a word made of one that asks (ru)', 'Как-то раз я встретил Ану.'],
    ['with a question mark in a link', 'I found it: https://example.org/?page=2.'],
    ['that exclaims (en)', 'What a day!'],
    ['that exclaims (ru)', 'Как хорошо!'],
    ['with a name like a verb (en)', 'Will Smith called me in the morning.'],
    ['with a noun like a command (en)', 'The show was great. Count was the title of his book.'],
    ['without its subject (en)', 'Was great to be there with Ana.'],
    ['with a word in the middle that asks elsewhere (id)', 'Saya tahu siapa yang datang kemarin.'],
  ])('%s', (_how, message) => {
    expect(asksSomething(message)).toBe(false);
  });
});
