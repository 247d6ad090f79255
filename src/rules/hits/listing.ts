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

/** Names at a sentence's start: `Any pod …`; names of workloads stay as they are. */
export function capital(names: string): string {
  return /^(?:any pod|every pod|pods of|the |addresses )/.test(names) ? names[0]!.toUpperCase() + names.slice(1) : names
}
