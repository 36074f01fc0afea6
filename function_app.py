"""The function app: registers the blueprints. Everything else is in helpr_core."""

import azure.functions as func

from helpr_core import logs
from helpr_core.web import housekeeping, manage, public, session, unknown

logs.install()
app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(public.blueprint)
app.register_functions(manage.blueprint)
app.register_functions(session.blueprint)
app.register_functions(housekeeping.blueprint)
app.register_functions(unknown.blueprint)
