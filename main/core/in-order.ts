/** `work` on each item, several at a time; results come in the items' order. Work that fails should say so as a result. */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = []
  let next = 0
  while (begun.length > 0 || next < items.length) {
    while (begun.length < atOnce && next < items.length) {
      const one = work(items[next++]!)
      // whoever stops listening leaves some of them to themselves
      one.catch(() => {})
      begun.push(one)
    }
    yield await begun.shift()!
  }
}
