#pragma once

namespace reembed::sandbox {

// Shuts down this process's accepted IPv4 connections of a listening port: all of them, or, with a
// `remote_port` other than 0, the one from there. The library that owns the sockets offers no way
// to close a connection before an answer, and closes them itself once their reads fail.
void CloseConnections(int local_port, int remote_port);

}  // namespace reembed::sandbox
