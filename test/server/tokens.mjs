// Makes keys and tokens for the tests with npm jose. Reads JSON commands from standard input, a line each, answers with a line each.
//
//   {"op": "key", "alg": "RS256", "kid": "a"}            -> {"pem": …, "jwk": …}; kept under its kid
//   {"op": "sign", "kid": "a", "alg": …, "claims": {…}}  -> {"token": …}; "header" is merged into the token's header
//   {"op": "hmac", "secret": …, "alg": "HS256", "claims": {…}}
import * as jose from 'jose'
import { createInterface } from 'node:readline'

const keys = new Map()

const ops = {
  async key({ alg, kid, bits }) {
    const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true, modulusLength: bits ?? 2048, crv: alg === 'EdDSA' ? 'Ed25519' : undefined })
    keys.set(kid, privateKey)
    return { pem: await jose.exportSPKI(publicKey), jwk: { ...(await jose.exportJWK(publicKey)), kid, use: 'sig', alg } }
  },
  async sign({ kid, alg, claims, header }) {
    return { token: await new jose.SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(keys.get(kid)) }
  },
  async hmac({ secret, alg, claims, header }) {
    return { token: await new jose.SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(new TextEncoder().encode(secret)) }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line)
  try {
    console.log(JSON.stringify(await ops[command.op](command)))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }))
  }
}
