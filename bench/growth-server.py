"""Takes connections on every address of 127.0.0.0/8 and lets go of those that are closed; prints its port first."""
import resource
import selectors
import socket

_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
server = socket.create_server(('0.0.0.0', 0), backlog=4096)
selector = selectors.DefaultSelector()
selector.register(server, selectors.EVENT_READ)
print(server.getsockname()[1], flush=True)
while True:
    for key, _ in selector.select():
        if key.fileobj is server:
            selector.register(server.accept()[0], selectors.EVENT_READ)
        else:
            # It says nothing: what can be read is its end.
            selector.unregister(key.fileobj)
            key.fileobj.close()
