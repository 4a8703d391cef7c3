const HIDDEN = '(hidden)';

/** A user and password in a URL (RFC 3986, section 3.2.1). */
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]*@/gi;
/** `token=…`, `"password": "…"`, `Authorization: Bearer …` and their like, whoever logged them. */
const NAMED_SECRET =
  /((?:token|passw(?:or)?d|secret|credential|api[-_]?key|authorization)s?\\?["']?\s*[:=]\s*\\?["']?)((?:bearer|basic)\s+)?[^\s"',;}\\]+/gi;
const BEARER = /\b(bearer|basic)\s+[a-z0-9+/_.=~-]{8,}/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g;

/** Takes user and password out of every URL in a text. */
export function withoutCredentials(text: string): string {
  return text.replace(URL_CREDENTIALS, `$1${HIDDEN}@`);
}

/**
 * Takes out of a text what must not leave the device: the secrets themselves, however they are written down, and
 * whatever looks like one.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  // The longest first: a secret may contain another.
  const forms = secrets.flatMap(formsOf).sort((a, b) => b.length - a.length);
  const withoutKnown = forms.reduce((rest, form) => rest.replaceAll(form, HIDDEN), text);
  return withoutCredentials(withoutKnown.replace(PRIVATE_KEY, HIDDEN))
    .replace(NAMED_SECRET, `$1${HIDDEN}`)
    .replace(BEARER, `$1 ${HIDDEN}`);
}

/** A secret as it is, in JSON, in a URL, and in the base64 of HTTP Basic, alone and behind a name. */
function formsOf(secret: string): string[] {
  if (secret === '') return [];
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
    Buffer.from(secret).toString('hex'),
  ];
}
