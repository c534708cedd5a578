// Many clients at once: node clients.mjs URL PID
//
// 1,000 idle WebSockets and what they take of the server's memory; then 10,000 clients that keep their connections and ask once
// each at the same time, over 8 connections to the database: all are answered, the first and the last within a fair time.

import { readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import net from 'node:net'

const [url, pid] = process.argv.slice(2)
const { hostname, port } = new URL(url)
const kb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])
let missed = false

// resolves when what comes matches; the socket stays
const open = (bytes, pattern) =>
  new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => bytes && socket.write(bytes))
    socket.text = ''
    socket.on('data', (data) => {
      socket.text += data
      if (pattern.test(socket.text)) resolve(socket)
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`closed: ${socket.text.slice(0, 100)}`)))
    if (!bytes) socket.on('connect', () => resolve(socket))
  })

const frame = (text) => {
  const mask = randomBytes(4)
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, Buffer.from(text).map((c, i) => c ^ mask[i % 4])])
}
const handshake = Buffer.concat([
  Buffer.from(
    'GET /v1/graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n'),
  frame('{"type":"connection_init"}')
])

const before = kb()
const sockets = await Promise.all(Array.from({ length: 1000 }, () => open(handshake, /connection_ack/)))
// what all handshakes at once took is given back, and they are idle
await new Promise((resolve) => setTimeout(resolve, 2000))
const mb = (kb() - before) / 1024
console.log(`1,000 idle WebSockets: ${mb.toFixed(1)} MB   aim <= 20`)
if (mb > 20) missed = true
for (const socket of sockets) socket.removeAllListeners('close').destroy()

const body = '{"query":"{ users_by_pk(id: 777) { id name } }"}'
const request = `POST /v1/graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const limit = Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))[1])
const n = Math.min(10000, limit - 200)
const clients = []
while (clients.length < n) clients.push(...(await Promise.all(Array.from({ length: Math.min(500, n - clients.length) }, () => open(null, /^/)))))
const start = performance.now()
const times = []
let moved = 0
await Promise.all(
  clients.map(
    (socket, i) =>
      new Promise((resolve) => {
        const finish = (good) => {
          moved = Math.max(moved, Math.abs(times.length - i))
          times.push(good ? performance.now() - start : NaN)
          resolve()
        }
        socket.text = ''
        socket.on('data', () => /user 777/.test(socket.text) && finish(true))
        socket.on('close', () => finish(false))
        socket.write(request)
      })))
const failed = times.filter(Number.isNaN).length
console.log(`${n} clients at once: ${failed} failed, the last was answered after ${Math.max(...times.filter((t) => !Number.isNaN(t))).toFixed(0)} ms, the most anyone was moved in the order is ${(moved / n * 100).toFixed(0)} %`)
if (failed) missed = true
process.exit(missed ? 1 : 0)
