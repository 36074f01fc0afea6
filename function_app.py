"""The function app: registers the endpoints. Everything else is in helpr_core."""

from helpr_core import logs
from helpr_core.web import azure
from helpr_core.web.endpoints import ENDPOINTS

logs.install()
app = azure.function_app(ENDPOINTS)
