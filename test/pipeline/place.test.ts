import { expect, it } from 'vitest'
import { EMPTY_CONFIG } from '../../src/config/config.ts'
import { DEFAULT_OPTIONS } from '../../src/config/options.ts'
import { review } from '../../src/review.ts'
import { memoryTree } from '../source/memory-tree.ts'

const MODULE = `variable "allowed" { type = list(string) }
resource "azurerm_network_security_group" "web" {
  name                = "web"
  location            = "westeurope"
  resource_group_name = "shop"
  security_rule {
    name                       = "admin"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefixes    = var.allowed
    destination_address_prefix = "*"
  }
}
`
const ROOT =
  'variable "allowed" { type = list(string) }\nmodule "net" {\n  source  = "./net"\n  allowed = var.allowed\n}\n'

function run(before: string, after: string) {
  const files = { 'main.tf': ROOT, 'net/main.tf': MODULE, 'dev.tfvars': 'allowed = ["198.51.100.0/24"]\n' }
  const base = memoryTree({ ...files, 'prod.tfvars': `# who may\nallowed = [${before}]\n` })
  const head = memoryTree({ ...files, 'prod.tfvars': `# who may\nallowed = [${after}]\n` })
  const { findings } = review({ base, head, config: EMPTY_CONFIG, options: DEFAULT_OPTIONS, today: '2026-11-01' })
  return findings.find(({ rule, status }) => rule === 'nsg-internet-admin-port' && status === 'introduced')
}

it('points to the value that the change gave to a module, not to the module', () => {
  expect(run('"198.51.100.0/24"', '"0.0.0.0/0"')).toMatchObject({
    file: 'prod.tfvars',
    line: 2,
    message: expect.stringContaining('lets anybody on the internet through to SSH'),
    patch: { suggestion: { file: 'prod.tfvars', startLine: 2 } },
  })
})

it('does not call a wide range everybody', () => {
  expect(run('"198.51.100.0/24"', '"198.51.100.0/24", "52.0.0.0/8"')?.message).toContain('much of the internet')
})
