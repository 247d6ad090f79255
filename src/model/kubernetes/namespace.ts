import type { Resource } from '../../parse/resource.ts'
import type { Labels } from './labels.ts'

/** A namespace, whether its object is in the tree or only its name is used there. */
export interface Namespace {
  readonly name: string
  /** With `kubernetes.io/metadata.name`; open where the object is not in the tree. */
  readonly labels: Labels
  /** Undefined where the tree only uses the name. */
  readonly resource: Resource | undefined
}

/** The label that the API server gives every namespace and nobody can change. Source: kubernetes.io/docs/reference/labels-annotations-taints */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name'

/** The labels of a namespace whose object is not in the tree: its name, and whatever else. */
export function labelsOfUnseenNamespace(name: string): Labels {
  return { known: new Map([[NAMESPACE_NAME_LABEL, name]]), added: new Set(), open: true }
}
