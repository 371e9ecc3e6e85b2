#pragma once

namespace reembed::sandbox {

// Shuts down this process's accepted IPv4 connections of a listening port: all of them, or, with a
// `remote_port` other than 0, the one from there. The library that owns the sockets offers no way
// to close a connection before an answer, and closes them itself once their reads fail.
void CloseConnections(int local_port, int remote_port);

// Lets the kernel keep only some kilobytes that the other end has not taken, so that a reader that
// stops is felt soon. Ports as above.
void ShrinkSendBuffer(int local_port, int remote_port);

// Keeps a port of 127.0.0.1 from all others without listening: connections are refused. A listener
// with SO_REUSEADDR may join. Returns the socket to close, or -1.
int HoldPort(int port);

}  // namespace reembed::sandbox
