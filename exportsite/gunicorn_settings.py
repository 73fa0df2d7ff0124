"""How gunicorn runs, for `manage.py serve` and for the container alike."""

from exportsite.env import read_int

wsgi_app = "exportsite.wsgi:application"
worker_class = "gthread"
workers = read_int("WEB_PROCESSES", 2, minimum=1)
threads = read_int("WEB_THREADS", 4, minimum=1)
timeout = 60  # seconds without a sign of life from a process
graceful_timeout = 5  # seconds for open requests when the server stops
limit_request_line = 8190  # bytes, the most there is: a create page has its choices in its address
loglevel = "warning"
control_socket_disable = True  # it lies in the home folder, where two sites would share it
