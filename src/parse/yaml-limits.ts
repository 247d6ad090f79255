/** What bounds the time and memory that one file can take. */
export interface YamlLimits {
  /** Longest text, in UTF-16 units: no file has fewer bytes. */
  readonly maxLength: number
  /** Deepest nesting, aliases followed. */
  readonly maxDepth: number
  /** Most aliases of one document. */
  readonly maxAliases: number
  /** Most keys that merge keys (`<<`) bring into one document. */
  readonly maxMergeKeys: number
  /** Most nodes of one document, aliases counted as what they stand for. */
  readonly maxNodes: number
  /** Most documents of one file that may be broken before the rest of it is left out. */
  readonly maxBroken: number
}

export const YAML_LIMITS: YamlLimits = {
  maxLength: 2 * 1024 * 1024,
  maxDepth: 100,
  maxAliases: 100,
  maxMergeKeys: 10_000,
  maxNodes: 1_000_000,
  maxBroken: 100,
}
