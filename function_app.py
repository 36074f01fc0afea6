"""The function app: registers the blueprints. Everything else is in helpr_core."""

import azure.functions as func

from helpr_core import logs
from helpr_core.web import housekeeping, manage, unknown
from helpr_core.web.public import handlers as public
from helpr_core.web.session import handlers as session

logs.install()
app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(public.blueprint)
app.register_functions(manage.blueprint)
app.register_functions(session.blueprint)
app.register_functions(housekeeping.blueprint)
app.register_functions(unknown.blueprint)
