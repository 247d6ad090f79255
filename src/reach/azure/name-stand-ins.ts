/** Spellings of what stands in names for something that is not known, by their lower case: names are compared without case. */
const spellings = new Map<string, string>()
/** A hostile tree must not fill the memory; what comes later is printed in lower case. */
const MOST = 10_000

/** What stands for a part of a name that is filled in later, or for the names of a tag: `<aksFqdns>`, `<tag WindowsUpdate>`. */
export function nameStandIn(words: string): string {
  const text = `<${words}>`
  const key = text.toLowerCase()
  if (spellings.size < MOST && !spellings.has(key)) spellings.set(key, text)
  return text
}

/** Printed names with their stand-ins as the tree spells them. */
export function spellStandIns(printed: string): string {
  return printed.replace(/<[^<>]*>/g, (text) => spellings.get(text) ?? text)
}
