from exports.admin.exports import ExportAdmin
from exports.admin.schedules import ExportScheduleAdmin
from exports.admin.templates import ExportTemplateAdmin

__all__ = ["ExportAdmin", "ExportScheduleAdmin", "ExportTemplateAdmin"]
