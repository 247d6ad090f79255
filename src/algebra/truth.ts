/** Yes, no, or not known: what a condition is when part of what it hangs on cannot be known statically. */
export type Truth = 'yes' | 'no' | 'maybe'

export function toTruth(value: boolean): Truth {
  return value ? 'yes' : 'no'
}

export function both(a: Truth, b: Truth): Truth {
  if (a === 'no' || b === 'no') return 'no'
  return a === 'yes' && b === 'yes' ? 'yes' : 'maybe'
}

export function either(a: Truth, b: Truth): Truth {
  if (a === 'yes' || b === 'yes') return 'yes'
  return a === 'no' && b === 'no' ? 'no' : 'maybe'
}

export function not(a: Truth): Truth {
  return a === 'yes' ? 'no' : a === 'no' ? 'yes' : 'maybe'
}
