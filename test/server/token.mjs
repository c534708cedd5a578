// A WebSocket with a token of 2 seconds: node token.mjs URL SECRET. Prints a name that it reads, then the code that it is closed with.
import * as jose from 'jose'
import WebSocket from 'ws'

const [url, secret] = process.argv.slice(2)
const claims = { 'https://hasura.io/jwt/claims': { 'x-hasura-allowed-roles': ['member'], 'x-hasura-default-role': 'member' } }
const token = await new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('2s').sign(new TextEncoder().encode(secret))
const socket = new WebSocket(url, 'graphql-transport-ws', { rejectUnauthorized: false })
const send = (message) => socket.send(JSON.stringify(message))

socket.on('open', () => send({ type: 'connection_init', payload: { headers: { authorization: `Bearer ${token}` } } }))
socket.on('message', (data) => {
  const { type, payload } = JSON.parse(data)
  if (type === 'connection_ack') send({ type: 'subscribe', id: '1', payload: { query: '{ users(where: {id: {_eq: 1}}) { name } }' } })
  if (type === 'next') console.log(payload.data?.users[0].name ?? JSON.stringify(payload))
})
socket.on('close', (code) => console.log(code))
setTimeout(() => socket.terminate(), 15000).unref()
