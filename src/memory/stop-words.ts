const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/u));

/**
 * Words that carry grammar, not content, as the tokeniser gives them (lower case, apostrophes straight). The English
 * list has the size of the one that LoCoMo and BEAM prefer (115 against the usual 33 words, see docs/benchmarks.md).
 */
export const STOP_WORDS = {
  en: words(`
    a about after all also am an and any are as at be because been before being between both but by can could did do
    does doing down during each few for from had has have having he her here hers him his how i if in into is it its
    just like me might more most my no nor not now of off on once only or other our out over own same she should so
    some such than that the their them then there these they this those through to too under until up very was we
    were what when where which while who whom whose why will with would you your yours
    i'm i've i'll i'd it's that's what's he's she's there's you're you've you'll we're we've we'll they're they've
    don't doesn't didn't isn't aren't wasn't weren't can't couldn't won't wouldn't shouldn't hasn't haven't hadn't
    let's who's here's`),
  ru: words(`
    а без более бы был была были было быть в вам вас ваш весь во вот все всё всего всех вы где да даже для до его ее её
    если есть еще ещё же за здесь и из или им их к как какая какие какой каких каким какое какую когда кого который
    которая которое которые кто куда ли либо мне может мой моя мы на надо нам нас наш не него нее неё нет ни них но ну о
    об один однако он она они оно от очень по под почему при про с сам свой своей своих свою себя сейчас сколько со
    так также такой там тебе тебя то тогда того тоже той только том ты у уже что чего чей чем чему чтобы эта эти это
    этого этой этот я является являются которого которой которых котором`),
  id: words(`
    ada adalah agar akan anda antara apa apakah atas atau bagaimana bagaimanakah bagi bahwa beberapa belum berapa
    berapakah bila bisa bukan dalam dan dapat dari demi dengan di dia dimana dimanakah hal hanya harus hingga ia ini
    itu jika juga kalau kami kamu kapan kapankah karena kata ke kepada ketika kita lagi lah lain lalu maka mana
    manakah masih melalui mengapa menjadi menurut mereka merupakan namun oleh pada para pula pun saat saja sama
    sampai sangat saya sebagai sebelum sebuah secara sedang sehingga sejak sekarang selain selama semua seorang
    seperti serta sesudah setelah setiap siapa siapakah suatu sudah supaya tapi telah tentang terhadap tersebut
    tetapi tidak untuk yaitu yakni yang aku punya nya ku mu`),
  it: words(`
    a ad agli ai al alla alle allo anche ancora avere aveva c'è che chi ci come con cosa cui da dagli dai dal dalla dalle
    dallo degli dei del della delle dello di dopo dove e è ed era erano essere fra gli ha hai hanno ho i il in io la le
    lei li lo loro lui ma mi mia mie miei mio ne negli nei nel nella nelle nello noi non nostro o per perché però più
    poi qual quale quali quando quanto quanta quanti quante quella quelle quelli quello questa queste questi questo qui
    quindi se sei si sia sono sta stato su sua sue sugli sui sul sulla sulle suo suoi tra tu tua tuo un una uno vi voi
    è cos'è dov'è`),
} as const satisfies Record<string, ReadonlySet<string>>;

/** Parts of links that name no content. */
export const LINK_WORDS: ReadonlySet<string> = words('http https www html htm');
