/** Version of this build; a test holds it against package.json. */
export const VERSION = '0.1.0'

export const PROJECT_URL = 'https://github.com/ringfence/ringfence'
