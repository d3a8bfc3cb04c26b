//! Why a file was not read, in the words of clerks and of engineers.

use crate::Status;

/// A file that cannot be taken: what it is, and what the agency or the office can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Unreadable or foreign.
    pub status: Status,
    /// Reason and remedy in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The grids as found, if they were asked for.
    pub(crate) explained: String,
}

impl Refusal {
    /// A file that should have been read but cannot be.
    pub(crate) fn unreadable(zh: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal { status: Status::Unreadable, zh: zh.into(), en: en.into(), explained: String::new() }
    }

    /// A file that is something else.
    pub(crate) fn foreign(zh: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal { status: Status::Foreign, zh: zh.into(), en: en.into(), explained: String::new() }
    }

    /// A file that the system does not open.
    pub(crate) fn unopened(error: &std::io::Error) -> Refusal {
        use std::io::ErrorKind;
        let zh = match error.kind() {
            ErrorKind::NotFound => "文件不存在，或者是失效的链接",
            ErrorKind::PermissionDenied => "没有读取该文件的权限",
            ErrorKind::IsADirectory => "这是一个打不开的文件夹",
            _ => "文件打不开，可能正被其他程序占用或存储设备有问题",
        };
        Refusal::unreadable(zh, format!("the file cannot be opened: {error}"))
    }

    /// A broken container.
    pub(crate) fn broken(format: &str) -> Refusal {
        Refusal::unreadable(
            "文件损坏或不完整，请重新导出后报送",
            format!("the {format} file is broken or cut off; export it again and send it anew"),
        )
    }

    /// A file that only a password opens.
    pub(crate) fn encrypted() -> Refusal {
        Refusal::unreadable("文件已加密，请取消密码后重新报送", "the file is encrypted; remove the password and send it anew")
    }

    /// What is no plain file.
    pub(crate) fn special(is_folder: bool) -> Refusal {
        if is_folder {
            return Refusal::unreadable("这是一个打不开的文件夹", "a folder that cannot be listed");
        }
        Refusal::unreadable(
            "不是普通文件（管道、设备或链接），没有打开",
            "not a plain file but a pipe, a device or a link; it was not opened",
        )
    }

    /// A reader that gave up where it should not have.
    pub(crate) fn internal() -> Refusal {
        Refusal::unreadable(
            "程序内部错误，此文件未能读取，其他文件不受影响；请把该文件提供给维护人员",
            "internal error: this file was not read, the others are not affected; please send it to the maintainers",
        )
    }

    /// Text that begins in one encoding and goes on in another.
    pub(crate) fn mixed_encodings() -> Refusal {
        Refusal::unreadable("文件的字符编码前后不一，请另存为UTF-8", "the text changes its encoding on the way; save it as UTF-8")
    }

    /// A file beyond the bounds.
    pub(crate) fn too_large() -> Refusal {
        Refusal::unreadable(
            "文件过大，超出年度报告的合理范围，请检查后重新报送",
            "the file is larger than any report can be; check it and send it anew",
        )
    }

    /// Markup nested beyond the bounds.
    pub(crate) fn too_deep() -> Refusal {
        Refusal::unreadable(
            "文件内部结构异常（嵌套过深），请另存为.docx后重新报送",
            "the file nests its elements too deeply; save it as .docx and send it anew",
        )
    }
}
