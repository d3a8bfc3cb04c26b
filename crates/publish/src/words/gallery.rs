//! Words of the gallery of charts.

use super::Phrase;

pub(super) const WORDS: &[Phrase] = &[
    ("gallery_title", "报告图表集", "charts"),
    ("gallery_back", "返回工作页面", "Back to the page"),
    ("gallery_list", "图表目录", "Charts"),
    ("gallery_figures", "图中数字", "Figures in this chart"),
    ("gallery_adjust", "如何调整", "How to change it"),
    ("gallery_shows", "画什么", "Shows"),
    ("gallery_when", "何时用", "Use it"),
    ("gallery_method", "方法", "Method"),
    ("gallery_line", "图文件中的一行", "Line of the chart file"),
    ("gallery_effect", "改这一行会改变什么", "What it changes"),
    ("gallery_more", "还可以加写的行", "Lines that can be added"),
    ("gallery_key", "键", "Key"),
    ("gallery_type", "类型", "Type"),
    ("gallery_default", "不写时", "Default"),
    ("gallery_means", "含义", "Meaning"),
    (
        "gallery_how",
        "用文本编辑器改 charts 文件夹中的同名 TOML 文件，保存后重新运行即可；写错的键和指标会指出行号和最接近的写法。单独画一幅、只画某个单位或某一层级：",
        "Change the TOML file of the same name in the folder `charts` with a text editor and run again; a wrong key or series is named with its line and the nearest known one. To draw one chart alone, for one agency or level:",
    ),
    (
        "gallery_command",
        "nianbao chart charts/{name}.toml 报告文件夹 -o 图.png --agency 单位名称",
        "nianbao chart charts/{name}.toml FOLDER -o chart.png --agency NAME",
    ),
    (
        "gallery_note",
        "图中“≥”和斜线表示有单位未报送或数据不全，为下限；“—”表示没有数据。SVG 适合网页和放大印刷，PNG（宽1600像素）适合插入文稿。",
        "“≥” and hatching: figures are missing, a lower bound; “—”: no figure. SVG is for pages and large print, PNG (1,600 pixels wide) for documents.",
    ),
];
