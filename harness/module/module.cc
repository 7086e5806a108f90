#include "module/module.h"

#include "module/data_type.h"
#include "module/key_meta_class.h"
#include "module/module_config.h"
#include "module/shared_object.h"

namespace modcert::module {

Module::Module(std::unique_ptr<SharedObject> object) : object_(std::move(object)) {}

Module::~Module() = default;

}  // namespace modcert::module
