/** `a`, `a and b`, `a, b and c`, `a, b and 4 more`: how messages name several things. */
export function listNames(names: readonly string[], most = 3): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names
  if (shown.length < 2) return shown.join('')
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** `can` and `reach` go with any number; this picks between `accepts` and `accept`. */
export function verb(names: readonly string[], one: string, many: string): string {
  return names.length === 1 ? one : many
}

/** A word for a sentence's start. */
export function capital(text: string): string {
  return text === '' ? text : text[0]!.toUpperCase() + text.slice(1)
}
