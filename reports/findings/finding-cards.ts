/** What is always the same about a finding: its title, the part of the report that shows it, and the setting to change. */
export interface FindingCard {
  readonly title: string;
  /** The id of the section; null where none shows it. */
  readonly section: string | null;
  /** As it is written in code; null where there is no single one. */
  readonly setting: string | null;
}

export const findingCards = {
  'nothing-joined': card('No probe joined a room', 'connections'),
  'nothing-heard': card('Nothing was delivered', 'ledger'),
  'texts-cut': card('The server cuts texts', 'ledger'),
  misrouted: card('Messages arrive outside their room', 'ledger'),
  lost: card('Deliveries were lost', 'ledger'),
  'no-echo': card('Senders do not receive their own messages', 'ledger', 'echo: false # in the dialect'),
  'two-clocks': card('Latency was taken between two clocks', 'latency'),
  'connections-ended': card('Connections ended without a fault', 'connections'),
  'too-few-samples': card('Too few samples for a threshold', 'latency'),

  'websocket-first-fails': card(
    'WebSocket first never connects where WebSocket is blocked',
    'fallback',
    'io(url, { transports: ["polling", "websocket"] })',
  ),
  'try-all-does-not-help': card(
    'tryAllTransports does not help on every network',
    'fallback',
    'io(url, { transports: ["polling", "websocket"] })',
  ),
  'keeps-reconnecting': card(
    'Clients keep reconnecting',
    'fallback',
    'io(url, { transports: ["polling", "websocket"] })',
  ),
  'cut-when-idle': card('Idle WebSockets are cut', 'fallback', 'new Server(http, { pingInterval: 10_000 })'),
  'upgrade-header-stripped': card(
    'A proxy removes the Upgrade header',
    'fallback',
    'proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection "upgrade";',
  ),
  'polling-cost': card('Polling costs more per message', 'fallback'),

  'never-recovered': card(
    'No session was recovered',
    'sessions',
    'new Server(http, { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } })',
  ),
  'back-before-noticed': card(
    'Clients were back before the server had noticed',
    'sessions',
    'new Server(http, { pingInterval: 5_000, pingTimeout: 4_000 })',
  ),
  'session-expired': card(
    'Sessions were not kept long enough',
    'sessions',
    'new Server(http, { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } })',
  ),
  'replay-not-exact': card('What was sent around a recovery arrived twice, or not at all', 'sessions'),
  'promise-broken': card('What the documentation promises did not hold', 'sessions'),
  'audit-incomplete': card('Not everything could be looked at', 'sessions'),
  'stayed-away': card('Clients did not come back', 'sessions'),

  'told-to-leave': card(
    'Clients that the server sent away never came back',
    'outages',
    'socket.on("disconnect", (reason) => {\n  if (reason === "io server disconnect") socket.connect();\n});',
  ),
  'not-back': card('Clients did not come back in time', 'outages'),
  deaf: card('Clients came back deaf', 'outages', 'socket.on("connect", () => socket.emit("join", room));'),
  'not-replayed': card(
    'Messages were missed during outages',
    'outages',
    'new Server(http, { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } })',
  ),
  replayed: card('Sessions were recovered', 'outages'),
  unaccounted: card('Messages in flight are unaccounted for', 'outages', 'io(url, { retries: 3, ackTimeout: 5_000 })'),
  'ping-timeout-too-short': card(
    'Slow links are disconnected by ping timeout',
    'outages',
    'new Server(http, { pingTimeout: 30_000 })',
  ),
  'slow-detection': card(
    'Dead links are noticed late',
    'outages',
    'new Server(http, { pingInterval: 10_000, pingTimeout: 5_000 })',
  ),
  'reconnect-storm': card(
    'Clients reconnect in a storm',
    'outages',
    'io(url, { reconnectionDelay: 3_000, randomizationFactor: 1 })',
  ),
  'released-together': card('Hanging attempts are released together', 'outages', 'io(url, { timeout: 5_000 })'),
  'refused-after-reconnect': card('Messages are refused after a reconnection', 'outages'),
  'duplicates-or-disorder': card('Messages arrived twice or out of order', 'outages'),
  ghosts: card('The member list was wrong after faults', 'outages'),

  'not-sticky': card(
    'The balancer is not sticky',
    'nodes',
    'backend nodes\n  cookie NODE insert indirect nocache\n  server node-1 10.0.0.1:3000 cookie node-1',
  ),
  'bus-stalls-local': card('Local delivery waits for Redis', 'nodes'),
  'bus-loses': card(
    'Messages across nodes were lost while Redis was away',
    'nodes',
    'io.adapter(createAdapter(redisClient)) // @socket.io/redis-streams-adapter',
  ),
  'uneven-shards': card('The parts of the load were uneven', 'environment'),
  'stays-unbalanced': card('Clients were not spread evenly again', 'nodes'),

  'capacity-limit': card('What the server carried', 'capacity'),
  'does-not-recover': card('The server does not recover from an overload', 'capacity'),
  'generator-limit': card('The load generator came first', 'capacity'),

  'first-to-break': card('A resource of the server gave out', 'vitals'),
} as const satisfies Readonly<Record<string, FindingCard>>;

export type FindingId = keyof typeof findingCards;

function card(title: string, section: string | null, setting: string | null = null): FindingCard {
  return { title, section, setting };
}
