/*
 * The floor of the engine benchmark: a Socket.IO client over WebSocket that only counts what it receives. One thread, one
 * epoll. `floor PORT QUERY RATE ADDRESSES`: connects RATE sockets a second, their local addresses taking turns.
 * Lines on descriptor 3: `grow N` connects until there are N, `count` and `collect` are answered with a number. It ends
 * when the descriptor closes.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHANNEL = 3, MAX_CONNECTIONS = 65536, MAX_ADDRESSES = 16, MAX_HEADER = 10 };

struct connection {
  int fd;
  unsigned char is_sent, is_open, matched;      /* the handshake, sent and answered; how much of its end has come */
  unsigned char have, header[MAX_HEADER];       /* of a frame's header */
  unsigned char seen, start[2];                 /* of a frame's payload: its packet type is in its first two bytes */
  unsigned long left;                           /* of a frame's payload */
};

static struct connection connections[MAX_CONNECTIONS];
static char buffer[65536];
static int epoll, port, wanted, made, address_count;
static struct in_addr addresses[MAX_ADDRESSES];
static const char *query;
static unsigned long received;

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void send_all(int fd, const void *bytes, size_t length) {
  if (write(fd, bytes, length) != (ssize_t)length) fail("Cannot write to the server");
}

static void open_connection(void) {
  struct connection *c = &connections[made];
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr = addresses[made % address_count]};
  struct sockaddr_in remote = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int yes = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) fail("Cannot make a socket");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  if (bind(c->fd, (struct sockaddr *)&local, sizeof local) < 0) fail("Cannot use the local address");
  if (connect(c->fd, (struct sockaddr *)&remote, sizeof remote) < 0 && errno != EINPROGRESS) fail("Cannot connect");
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) fail("Cannot watch a socket");
  made++;
}

static void send_handshake(struct connection *c) {
  char request[512];
  int length = snprintf(request, sizeof request,
                        "GET /socket.io/?EIO=4&transport=websocket&%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                        query, port);
  send_all(c->fd, request, length);
  c->is_sent = 1;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
}

/* A packet is whole. Masked with zeros, text frames are as they are: 40 joins the namespace, 3 answers a ping. */
static void take_packet(struct connection *c) {
  if (c->start[0] == '0') send_all(c->fd, "\x81\x82\0\0\0\0" "40", 8);
  else if (c->start[0] == '2') send_all(c->fd, "\x81\x81\0\0\0\0" "3", 7);
  else if (c->start[0] == '4' && c->start[1] == '2') received++;
}

static void take(struct connection *c, const char *at, const char *end) {
  for (; !c->is_open && at < end; at++) {
    c->matched = *at == "\r\n\r\n"[c->matched] ? c->matched + 1 : *at == '\r';
    c->is_open = c->matched == 4;
  }
  while (at < end) {
    if (c->left == 0) { /* within a header: 2 bytes, and 2 or 8 more where they say so */
      c->header[c->have++] = *at++;
      int size = c->header[1] & 0x7f;
      if (c->have < 2 || (size == 126 && c->have < 4) || (size == 127 && c->have < 10)) continue;
      c->left = size < 126 ? size : 0;
      for (int i = 2; i < c->have; i++) c->left = c->left << 8 | c->header[i];
      c->have = c->seen = 0;
      continue;
    }
    unsigned long here = (unsigned long)(end - at) < c->left ? (unsigned long)(end - at) : c->left;
    for (unsigned long i = 0; i < here && c->seen < 2; i++) c->start[c->seen++] = at[i];
    at += here;
    c->left -= here;
    if (c->left == 0) take_packet(c);
  }
}

static void obey(void) {
  static char line[64];
  static int length;
  char byte;
  if (read(CHANNEL, &byte, 1) <= 0) exit(0);
  if (byte != '\n' && length < 63) {
    line[length++] = byte;
    return;
  }
  line[length] = 0;
  length = 0;
  if (sscanf(line, "grow %d", &wanted) != 1) dprintf(CHANNEL, "%lu\n", strcmp(line, "count") ? 0 : received);
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  port = atoi(arguments[1]), query = arguments[2];
  double interval = 1 / atof(arguments[3]), due = 0;
  for (char *one = strtok(arguments[4], ","); one && address_count < MAX_ADDRESSES; one = strtok(NULL, ","))
    inet_aton(one, &addresses[address_count++]);
  epoll = epoll_create1(0);
  struct epoll_event events[256] = {{.events = EPOLLIN, .data.ptr = NULL}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, CHANNEL, events);
  for (;;) {
    int n = epoll_wait(epoll, events, 256, made < wanted ? 1 : -1);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (!c) {
        obey();
        due = now();
        continue;
      }
      if (!c->is_sent) send_handshake(c);
      if (!(events[i].events & EPOLLIN)) continue;
      ssize_t length = read(c->fd, buffer, sizeof buffer);
      if (length <= 0) fail("Expected the server to keep the connection");
      take(c, buffer, buffer + length);
    }
    for (; made < wanted && made < MAX_CONNECTIONS && due <= now(); due += interval) open_connection();
  }
}
