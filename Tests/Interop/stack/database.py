"""MariaDB on a socket of its own."""
import os
import shutil

from .processes import Failure


class Database:
    def __init__(self, processes, durable=False):
        """With `durable`, commits are flushed as in production; otherwise the database is as fast as possible."""
        self.processes = processes
        self.haste = [] if durable else ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"]
        self.folder = os.path.join(processes.folder, "mariadb")
        self.socket = os.path.join(self.folder, "socket")

    def start(self):
        server = shutil.which("mariadbd", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if server is None or shutil.which("mariadb-install-db") is None:
            raise Failure("MariaDB is missing: install the Debian package mariadb-server")
        data = os.path.join(self.folder, "data")
        os.makedirs(data, exist_ok=True)
        user = ["--user=root"] if os.geteuid() == 0 else []
        self.processes.run("database", ["mariadb-install-db", "--no-defaults", f"--datadir={data}", *user,
                                        "--auth-root-authentication-method=normal", "--skip-test-db"])
        self.processes.start(
            "database", [server, "--no-defaults", f"--datadir={data}", *user, f"--socket={self.socket}",
                         "--skip-networking", *self.haste, "--max-connections=500", f"--pid-file={self.folder}/pid"],
            ready=lambda: os.path.exists(self.socket) and self.answers())

    def answers(self):
        try:
            self.run("SELECT 1")
            return True
        except OSError:
            return False

    def run(self, statement, values=None, database=None):
        """Runs a statement, for each row of `values` if they are given. Returns the resulting rows."""
        import pymysql
        try:
            connection = pymysql.connect(unix_socket=self.socket, user="root", database=database, autocommit=False)
        except pymysql.MySQLError as error:
            raise OSError(str(error)) from None
        with connection, connection.cursor() as cursor:
            if values is None:
                cursor.execute(statement)
            else:
                cursor.executemany(statement, values)
            rows = cursor.fetchall()
            connection.commit()
            return rows

    def create(self, name):
        self.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb3")
        return f"mysql+pymysql://root@localhost/{name}?unix_socket={self.socket}"
